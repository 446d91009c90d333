"""Other people's libraries on our worlds; ``make clients`` installs what is missing and runs all of them."""
