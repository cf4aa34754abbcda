"""What PyPI `tokenizers` answers: reads a line of JSON (a tokenizer file and texts) at a time, writes the ids of each text."""

import json
import sys

from tokenizers import Tokenizer

for line in sys.stdin:
    request = json.loads(line)
    tokenizer = Tokenizer.from_str(request["file"])
    answer = []
    for text in request["texts"]:
        ids = tokenizer.encode(text).ids
        answer.append([ids, tokenizer.decode(ids)])
    print(json.dumps(answer), flush=True)
