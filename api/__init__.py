"""From a question to an answer: Python, command line, HTTP and web pages."""
