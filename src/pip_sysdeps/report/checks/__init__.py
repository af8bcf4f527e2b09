"""The checks of `audit`: generators that yield problems from the evidence."""
