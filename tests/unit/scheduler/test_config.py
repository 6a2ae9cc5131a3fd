"""newsdelta.toml: what is accepted, and how each mistake is explained."""

from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.config import Config, load, place_of
from scheduler.settings import duration
from storage.errors import ConfigError
from storage.records import TOLD, EditClass, EventKind


def config(tmp_path: Path, text: str) -> Config:
    file = tmp_path / "newsdelta.toml"
    file.write_text(text, encoding="utf-8")
    return load(str(file), env={})


def test_without_a_file_cq_is_watched_on_sqlite_in_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = load(env={"XDG_DATA_HOME": str(tmp_path / "share")})
    assert found.source is None
    assert list(found.channels) == ["cq"]
    assert found.database_url == f"sqlite:///{tmp_path}/share/newsdelta/newsdelta.db"


def test_the_data_option_moves_the_database(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load(data="here", env={}).database_url == f"sqlite:///{tmp_path}/here/newsdelta.db"


def test_the_file_in_the_working_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("newsdelta.toml").write_text('[watch]\nevery = "5m"\n', encoding="utf-8")
    assert load(env={}).every == timedelta(minutes=5)


def test_the_environment_names_file_and_database(tmp_path):
    file = tmp_path / "other.toml"
    file.write_text('[database]\nurl = "sqlite:///a.db"\n', encoding="utf-8")
    assert load(env={"NEWSDELTA_CONFIG": str(file)}).database_url == "sqlite:///a.db"
    env = {"NEWSDELTA_CONFIG": str(file), "NEWSDELTA_DATABASE_URL": "postgresql://db/news"}
    assert load(env=env).database_url == "postgresql://db/news"


def test_a_channel_keeps_its_built_in_values_where_none_are_given(tmp_path):
    found = config(
        tmp_path, '[[channel]]\nname = "cq"\nhome = "http://127.0.0.1:8801"\n[[channel]]\nname = "sc"\n'
    )
    assert list(found.channels) == ["cq", "sc"]
    assert found.channels["cq"].home == "http://127.0.0.1:8801/"
    assert found.channels["cq"].columns
    assert found.channels["sc"].home == "http://sc.people.com.cn/"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[watch]\nrequests_per_hou = 9\n",
            ["line 2", "requests_per_hou", "Did you mean 'requests_per_hour'?"],
        ),
        ("[wacth]\n", ["wacth", "Did you mean 'watch'?"]),
        ('[watch]\n\nrequests_per_hour = "many"\n', ["line 3", "expected float", "got str"]),
        ("[watch]\nrequests_per_hour = 0\n", ["line 1", "must be more than 0"]),
        ('[watch]\nevery = "soon"\n', ["'soon' is no duration", "15m"]),
        ('[watch]\nrevisit_for = "800000d"\n', ["'800000d' is longer than a century", "36525d"]),
        ('[database]\nurl = "mysql://x"\n', ["sqlite:///PATH or postgresql://"]),
        ('[[channel]]\nname = "cq"\n[[channel]]\nname = "cqq"\n', ["line 3", "cqq", "Did you mean 'cq'?"]),
        ('[[channel]]\nname = "cq"\nhome = "cq.people.com.cn"\n', ["no web address", "http://"]),
        ("[[channel]]\nhome = 'http://a/'\n", ["'name' is missing"]),
        ("[watch\n", ["not valid TOML", "line 1"]),
        ('[[channel]]\nname = "cq"\n[[channel]]\nname = "cq"\n', ["cq", "twice"]),
    ],
)
def test_a_mistake_names_the_file_the_place_and_the_mend(tmp_path, text, words):
    with pytest.raises(ConfigError) as error:
        config(tmp_path, text)
    message = str(error.value)
    assert "newsdelta.toml" in message
    for word in words:
        assert word in message


ALERT = '[[alert]]\nname = "渝北"\nto = "file:///a.jsonl"\n'


def test_an_alert_becomes_a_subscription(tmp_path):
    found = config(
        tmp_path,
        '[alerts]\nlanguage = "en"\n[[alert]]\nname = "渝北"\nto = ["desk", "env:HOOK"]\nchannels = ["cq"]\n'
        'kinds = ["edited"]\nclasses = ["number"]\nmin_weight = 20\nwords = ["渝北"]\nexpression = "轨道 & !广告"\n'
        'wait = "5m"\ndigest = "09:00"\nquiet = "22:00-07:00"\n'
        '[[destination]]\nname = "desk"\nurl = "wecom://key"\n',
    ).alerts
    [section] = found.sections
    assert section.places == ("desk", "env:HOOK")
    assert found.places == {"desk": "wecom://key"}
    subscription = section.subscription(("d1", "d2"), found.language)
    assert subscription.name == "渝北"
    assert subscription.kinds == (EventKind.EDITED,)
    assert subscription.classes == (EditClass.NUMBER,)
    assert subscription.wait == timedelta(minutes=5)
    assert subscription.destinations == ("d1", "d2")
    assert subscription.language == "en"


def test_an_alert_tells_everything_of_every_channel_where_nothing_more_is_said(tmp_path):
    [section] = config(tmp_path, ALERT).alerts.sections
    subscription = section.subscription(("d1",), "zh")
    assert subscription.kinds == TOLD
    assert subscription.channels == ()
    assert subscription.per_story


def test_folders_are_meant_from_where_the_file_is(tmp_path):
    found = config(tmp_path, '[alerts]\ntemplates = "words"\nfeeds = "/srv/feeds"\n').alerts
    assert found.templates == tmp_path / "words"
    assert found.feeds == Path("/srv/feeds")


def test_secrets_of_places_are_not_in_what_is_printed(tmp_path):
    found = config(
        tmp_path, f'[[destination]]\nname = "desk"\nurl = "wecom://hush"\n{ALERT}'.replace("a.jsonl", "hush")
    )
    assert "hush" not in repr(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[alert]]\nname = "a"\n', ["'to' is missing", "line 1", "Add to"]),
        ('[[alert]]\nname = "a"\nto = []\n', ["line 3", "leads nowhere"]),
        ('[[alert]]\nname = "a"\nto = ["x", "x"]\n', ["line 3", "twice"]),
        (ALERT + 'kinds = ["edit"]\n', ["line 4", "'edit'", "Did you mean 'edited'?"]),
        (ALERT + ALERT.replace("渝北", "b") + 'classes = ["nummer"]\n', ["line 7", "'nummer'", "number"]),
        (ALERT + 'channels = ["cqq"]\n', ["line 4", "Did you mean 'cq'?"]),
        (ALERT + "min_weight = 101\n", ["line 4", "0 to 100"]),
        (ALERT + 'words = [""]\n', ["line 4", "words = "]),
        (ALERT + 'words = "渝北"\n', ["line 4", "expected array"]),
        (ALERT + 'wait = "soon"\n', ["line 4", "no duration"]),
        (ALERT + 'quiet = "22-7"\n', ["line 4", "22:00-07:00"]),
        (ALERT + 'digest = "daily"\n', ["line 4", "09:00"]),
        (ALERT + 'expression = "渝北 & (轨道"\n', ["line 4", "expression"]),
        (ALERT + 'time_zone = "Mars/Base"\n', ["line 4", "Asia/Shanghai"]),
        (ALERT + 'language = "fr"\n', ["line 4", "zh or en"]),
        (ALERT + 'word = ["x"]\n', ["line 4", "Did you mean 'words'?"]),
        (ALERT + ALERT, ["渝北", "twice"]),
        ('[[destination]]\nname = "a://b"\nurl = "x"\n', ["line 2", "plain word"]),
        ('[[destination]]\nname = "a"\nurl = ""\n', ["line 3", "leads nowhere"]),
        ("[alerts]\ntries = 0\n", ["tries must be 1 or more"]),
        ('[alerts]\npage = "news.example"\n', ["line 2", "no web address"]),
    ],
)
def test_a_mistake_in_an_alert_names_the_file_the_place_and_the_mend(tmp_path, text, words):
    with pytest.raises(ConfigError) as error:
        config(tmp_path, text)
    message = str(error.value)
    assert "newsdelta.toml" in message
    for word in words:
        assert word in message


def test_the_place_of_a_key_can_be_asked_for_later(tmp_path):
    found = config(tmp_path, ALERT + '[[alert]]\nname = "b"\n\nto = "file:///b.jsonl"\n')
    assert place_of(found.source, "alert", 1, "to").endswith("newsdelta.toml, line 7")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"gone\.toml"):
        load(str(tmp_path / "gone.toml"), env={})


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"bad\.toml.*UTF-8"):
        load(str(tmp_path / "bad.toml"), env={})


def test_the_password_of_a_database_is_never_shown(tmp_path):
    found = config(tmp_path, '[database]\nurl = "postgresql://me:secret@db/news"\n')
    assert found.database_name == "postgresql://me:***@db/news"


def test_an_unknown_channel_is_refused_with_a_hint(tmp_path):
    with pytest.raises(ConfigError, match="chq"):
        config(tmp_path, "").channel("chq")


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("15m", 900), ("1.5h", 5400), ("7d", 604800), (" 2 h ", 7200)]
)
def test_durations(text, seconds):
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "15", "m", "-3m", "1w", "15 minutes"])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match="duration"):
        duration(text)
