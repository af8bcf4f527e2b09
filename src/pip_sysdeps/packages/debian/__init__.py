"""dpkg and apt: Debian, Ubuntu and their derivatives."""
