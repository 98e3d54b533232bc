"""RTMP and RTMPS in: our own small server, for publishers only (Adobe RTMP 1.0, Enhanced RTMP v2).

`server.RtmpServer` owns the sockets; `session.Session` speaks the protocol without them, so that it can be tested and
fuzzed a million times over; `publication.Publication` turns media messages into packets for the sink.
"""
