"""Run the checks of `audit`: generators that yield issues from the evidence."""
