"""Readers of other people's self-evaluation forms: text, tables of docx and xlsx, the text of a PDF."""
