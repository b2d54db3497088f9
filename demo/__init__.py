"""Three fictional days of "Gia Lai – địa bàn Bình Định", 17 to 20 November 2026: content, replay server, profile, reviewers."""
