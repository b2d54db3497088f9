from __future__ import annotations

from pathlib import Path

import pytest

from langnghe.log import hide_secrets
from langnghe.settings import Settings, SettingsError, load


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    (tmp_path / "langnghe.toml").write_text('province = "an-giang"\nspacing_s = 7\nquiet_hours = "21:00-05:00"\n')
    environment = {"LANGNGHE_SPACING_S": "9", "LANGNGHE_PROVINCE": "thai-nguyen", "HOME": "x"}
    settings = load({"data": tmp_path, "province": "gia-lai"}, environment)
    assert (settings.province, settings.spacing_s, settings.quiet_hours) == ("gia-lai", 9.0, "21:00-05:00")
    assert settings.mail == Settings().mail == "file"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("provinse = 1", "unknown setting provinse"),
        ("smtp_port = 'x'", "smtp_port"),
        ("province = 3", "needs text"),
        ("mail = 'pigeon'", "choose one of file, smtp"),
        ("mail = 'smtp'", "smtp_host"),
        ("off_classes = 'H9'", "off_classes"),
        ("= broken", "fix the line"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "langnghe.toml").write_text(content)
    with pytest.raises(SettingsError, match=said):
        load({"data": tmp_path}, {})


def test_an_unknown_variable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="LANGNGHE_PROVINSE"):
        load({"data": tmp_path}, {"LANGNGHE_PROVINSE": "x"})


def test_secrets_are_files(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("s3cret\n")
    assert Settings(smtp_password_file=str(tmp_path / "pw")).secret("smtp_password_file") == "s3cret"
    with pytest.raises(SettingsError, match="smtp_password_file is not set"):
        Settings().secret("smtp_password_file")
    with pytest.raises(SettingsError, match="cannot read"):
        Settings(smtp_password_file=str(tmp_path / "no")).secret("smtp_password_file")


def test_no_secret_reaches_a_log() -> None:
    shown = hide_secrets(None, "info", {"smtp_password": "a", "api_token": "b", "stage": "collect"})
    assert shown == {"smtp_password": "…", "api_token": "…", "stage": "collect"}
