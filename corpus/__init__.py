"""The archive itself: what a plan is made of, how its language is analysed, where it is kept."""
