"""The parts of the page, each a pure function of findings to Markdown; decides no order."""
