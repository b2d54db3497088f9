"""The way in: sources are polled politely, pages extracted and masked, and handed to ``records`` as captures.

``collect.run`` is the stage; ``spiders`` holds one spider per kind of access, ``extract`` and ``outlets`` the pure
reading of pages, ``assisted`` the intake of what a person hands over.
"""
