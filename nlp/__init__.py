"""Text in, ``Assessment`` out: places, field, tone, lane and harm with confidence and reasons; families and stories.

``assess`` and ``link`` are the stages. ``judge`` holds the models' and rules' reading of one text, ``places`` its places;
``train`` and ``evaluate`` stand behind the commands of the same names.
"""
