"""What pages are made of: the scope bar, cards, the map's component. They know no query and no figure."""
