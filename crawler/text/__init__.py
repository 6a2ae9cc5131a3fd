"""From bytes to true text: decode, repair, script and width, canonical form. All pure."""
