"""What newsdelta writes of itself: settings, masks, lines, files."""
