"""From HTML to fields and links. All pure."""
