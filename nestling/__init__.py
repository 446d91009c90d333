"""What third parties import to test their own parts (``nestling.testing``)."""
