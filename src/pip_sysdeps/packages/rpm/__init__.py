"""rpm: databases, capabilities, repository metadata and install lines of Fedora, RHEL, Amazon Linux, openSUSE, ..."""
