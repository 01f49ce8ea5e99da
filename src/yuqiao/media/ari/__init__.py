"""The media server's control face: the subset of Asterisk 22's REST Interface that docs/media.md lists."""
