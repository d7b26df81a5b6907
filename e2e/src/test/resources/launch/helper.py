WORD = "measured"
