"""One subject each: its tables, for the page and the terminal, and its section of the page; decides no order."""
