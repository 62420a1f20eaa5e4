"""What the book says about one person's answers: the one neutral result that feeds every edge."""
