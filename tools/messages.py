"""The strings of the pages and their translations.

``collect`` gathers them into src/glisson/locale; ``check`` says which are missing in a language declared complete.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "glisson"
COMPLETE = ("zh_Hans", "ar")
"""Languages whose every string is translated; the pages offer no others."""
HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"""


def collect(package: Path, languages: tuple[str, ...]) -> None:
    """Run Django's own collector; the islands' sentences lie in a table of their build and are written out for it."""
    sentences = json.loads((PACKAGE / "web/static/islands/words.json").read_text())
    islands = package / "theatre" / "island_sentences.py"
    lines = [f"_({sentence!r})" for sentence in sorted(set(sentences.values()))]
    islands.write_text("from django.utils.translation import gettext as _\n\n" + "\n".join(lines) + "\n")
    command = [sys.executable, "-m", "django", "makemessages", "--no-obsolete", "--no-wrap", "--add-location", "file"]
    for language in languages:
        command += ["--locale", language]
    try:
        done = subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)
    finally:
        islands.unlink()
    if done.returncode:
        sys.exit(f"The strings could not be collected: {done.stderr.strip()}")


def wanted() -> set[object]:
    """Every string the code, the templates and the islands ask for today."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "glisson"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("locale", "__pycache__", "islands", "cli"))
        target = copy / "locale/xx/LC_MESSAGES/django.po"
        target.parent.mkdir(parents=True)
        target.write_text(HEADER)
        collect(copy, ("xx",))
        return {message.id for message in messages(target) if message.id}


def messages(path: Path) -> list:
    with path.open("rb") as file:
        return list(read_po(file))


def missing(language: str, strings: set[object]) -> list[str]:
    """What a language lacks, one line each."""
    path = PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return [f"{language}: there is no {path.relative_to(ROOT)}; run `make messages`."]
    there = {message.id: message for message in messages(path)}
    lines = [f"{language}: not collected yet (`make messages`): {identity!r}" for identity in strings - there.keys()]
    for identity in strings & there.keys():
        message = there[identity]
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if not all(texts):
            lines.append(f"{language}: not translated: {identity!r}")
        elif message.fuzzy:
            lines.append(f"{language}: translation to be confirmed: {identity!r}")
    return sorted(lines)


def check() -> None:
    strings = wanted()
    lines = [line for language in COMPLETE for line in missing(language, strings)]
    sys.stdout.write("".join(line + "\n" for line in lines))
    sys.stdout.write(f"{len(strings)} strings, {len(lines)} to mend in {', '.join(COMPLETE)}.\n")
    sys.exit(1 if lines else 0)


if __name__ == "__main__":
    if sys.argv[1:] == ["collect"]:
        collect(PACKAGE, COMPLETE)
    else:
        check()
