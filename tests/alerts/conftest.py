from __future__ import annotations

from tests.review.conftest import province, scene, template

__all__ = ["province", "scene", "template"]
