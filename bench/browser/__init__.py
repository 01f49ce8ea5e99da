"""What a browser's leg costs in the media server."""
