"""Trade statistics of the user: read, reconciled, and turned into the trade and demand of a scenario."""
