"""What decodes and encodes, each in a process of its own: the live plane itself never touches a picture."""
