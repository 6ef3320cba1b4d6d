"""The grammar checkers: Harper, embedded, and LanguageTool, if the user has one."""
