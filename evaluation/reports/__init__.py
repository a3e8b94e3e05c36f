"""Tables, Markdown pages and plots of an evaluation."""
