"""Grammar checkers: Harper, which is embedded, and LanguageTool, if the user has it."""
