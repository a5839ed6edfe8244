"""A language model that the preferences name: what it reads, and that without it rooms are made all the same."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import bpy
import pytest

ANSWER = {
    "pieces": [{"what": "desk", "count": 1, "bound": "at least", "sizes": []}],
    "relations": [],
    "absent": [],
    "only": False,
    "room_type": None,
    "area_m2": None,
    "height_m": None,
    "not_understood": [],
}


@pytest.fixture
def preferences(session, blend):
    """The preferences, as they were before once the test is over."""
    settings = blend.addon.session.preferences()
    session.release(wait=5.0)
    yield settings
    for name in ("language_model_url", "language_model_name"):
        settings.property_unset(name)
    session.release(wait=5.0)


@pytest.fixture
def server():
    """The address of a server that always answers well."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"choices": [{"message": {"content": json.dumps(ANSWER)}}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    served = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}/v1"
    served.shutdown()
    served.server_close()


def made():
    assert bpy.ops.instructscene.generate_room() == {"FINISHED"}
    (room,) = [obj for obj in bpy.data.objects if obj.get("instructscene_scene")]
    return json.loads(room["instructscene_scene"])["report"]


def test_it_reads_what_the_rules_do_not_know(settings, preferences, server):
    settings.instruction = "Somewhere for my homework"
    preferences.language_model_url, preferences.language_model_name = server, "small"
    report = made()
    assert "desk" in [*report["met"], *report["not_met"]]
    assert "Read by the language model small" in report["notes"]
    assert "Not by rule: desk" in report["notes"]


def test_without_its_server_rules_read(settings, preferences):
    settings.instruction = "A desk."
    preferences.language_model_url, preferences.language_model_name = "http://localhost:9/v1", "small"
    report = made()
    assert any(note.startswith("The language model was not used: no server answers") for note in report["notes"])
    assert "desk" in [*report["met"], *report["not_met"]]


def test_other_computers_need_online_access(settings, preferences):
    settings.instruction = "A desk."
    preferences.language_model_url, preferences.language_model_name = "http://models.example/v1", "small"
    assert not bpy.app.online_access
    with pytest.raises(RuntimeError, match=r"models\.example is not on this computer"):
        bpy.ops.instructscene.generate_room()
