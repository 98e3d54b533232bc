from glisson.media.models.asset import Asset
from glisson.media.models.rendition import Rendition

__all__ = ["Asset", "Rendition"]
