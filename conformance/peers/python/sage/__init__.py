"""SAGE 1.0: agents that prove who they are and exchange sealed messages."""
