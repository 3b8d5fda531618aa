#pragma once

#include "stepconf/base/json.h"

namespace video {

/// Encodes a playable MP4 that shows what was found: each frame with its boxes, beside the filtered
/// frame. Event: {"frames": [{"frame": URL, "boxes": [[x, y, width, height, ...], ...]}, ...],
/// "filtered": [URL or {"frame": URL}, ...] of the same length, "fps": frames per second, "output":
/// URL}. Result: {"video": URL, "frames": how many, "faces": how many boxes, "codec": "avc1", or
/// "mp4v" where H.264 cannot be written}. Throws runtime::HandlerError: InvalidEvent, StorageError,
/// PictureError, VideoError.
stepconf::Json encode(const stepconf::Json& event);

}  // namespace video
