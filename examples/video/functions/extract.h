#pragma once

#include "stepconf/base/json.h"

namespace video {

/// Pulls the frames out of a clip and stores them as PNG pictures 0001.png, 0002.png, ...
/// Event: {"video": URL, "frames": URL of a folder, "limit": most frames wanted, absent or null for
/// all}. Result: {"frames": [URL, ...], "fps": frames per second, "width": pixels, "height":
/// pixels}. Throws runtime::HandlerError: InvalidEvent, StorageError, VideoError.
stepconf::Json extract(const stepconf::Json& event);

}  // namespace video
