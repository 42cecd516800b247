"""The sections of a site file that need a module of their own, and what all sections share."""
