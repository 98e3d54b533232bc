"""What Glisson's live pictures cost and how late they are, measured beside its peers in the same run.

`python -m bench [--only PREFIX] [--full]`; the method is described in docs/benchmarks.md.
"""
