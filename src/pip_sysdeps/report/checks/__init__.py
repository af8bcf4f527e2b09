"""The checks of `audit`: generators that look at the evidence and yield what is wrong."""
