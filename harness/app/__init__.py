"""What the program does, each verb a function of its options; parses no command line and prints nothing."""
