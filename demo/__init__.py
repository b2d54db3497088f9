"""Three fictional days of "Gia Lai – địa bàn Bình Định", November 2026: content, replay server, profile, reviewers."""
