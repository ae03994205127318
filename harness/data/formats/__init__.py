"""What files a data set can be read from, where they are not IDX files: a file here for each kind."""
