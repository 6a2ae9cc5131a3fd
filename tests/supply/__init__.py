"""What newsdelta is made of, from its locked requirements: licences, a bill of materials, known weaknesses."""
