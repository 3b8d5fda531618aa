"""Trains the super-resolution network of the video example and writes it as ONNX.

ESPCN (Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
Neural Network", CVPR 2016), x2, on luma: convolutions 5x5x64, 3x3x32 and 3x3x4. The four output channels are the
four pixels of each 2x2 block, and are added to the bicubic enlargement. The network's input is luma / 255 as
1 x 1 x height x width; its output is 1 x 4 x height x width; the caller interleaves the channels.

Usage: train_espcn.py OUTPUT.onnx [--steps N] [--seed N] [--check CLIP.mp4 ...]
"""

import argparse
import functools
import os
import time

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import cv2
import jax
import jax.numpy as jnp
import numpy as np
import onnx
import skimage
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

# Images of the scikit-image wheel that its documentation gives as CC0 or as in the public domain.
IMAGES = [
    "astronaut.png", "brick.png", "camera.png", "chelsea.png", "coffee.png", "grass.png", "gravel.png",
    "hubble_deep_field.jpg", "retina.jpg", "rocket.jpg",
]
LAYERS = [(5, 1, 64), (3, 64, 32), (3, 32, 4)]  # kernel, input channels, output channels
PATCH = 32  # pixels of the small picture
BATCH = 16


def luma(path):
    """Reads a picture's luma, as OpenCV's BGR to YCrCb gives it, with even sides."""
    picture = cv2.imread(path, cv2.IMREAD_COLOR)
    y = cv2.cvtColor(picture, cv2.COLOR_BGR2YCrCb)[:, :, 0]
    return y[: y.shape[0] // 2 * 2, : y.shape[1] // 2 * 2]


def shrink(y, how):
    """Halves a picture: by the mean of 2x2 pixels, as a sensor would, or by bicubic with anti-aliasing."""
    height, width = y.shape
    if how == "area":
        return cv2.resize(y, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(Image.fromarray(y).resize((width // 2, height // 2), Image.BICUBIC))


def enlarge(y):
    """Doubles a picture by bicubic interpolation, as the function `upscale` does."""
    return cv2.resize(y, (y.shape[1] * 2, y.shape[0] * 2), interpolation=cv2.INTER_CUBIC)


def blocks(y):
    """Turns 2h x 2w into h x w x 4, the four pixels of each 2x2 block."""
    height, width = y.shape
    return y.reshape(height // 2, 2, width // 2, 2).transpose(0, 2, 1, 3).reshape(height // 2, width // 2, 4)


def training_pairs():
    """Gives (small picture, what bicubic lacks) for each image, at two scales and both ways of shrinking."""
    folder = os.path.join(os.path.dirname(skimage.__file__), "data")
    pairs = []
    for name in IMAGES:
        full = luma(os.path.join(folder, name))
        for y in (full, shrink(full, "area")):
            y = y[: y.shape[0] // 2 * 2, : y.shape[1] // 2 * 2]
            for how in ("area", "bicubic"):
                small = shrink(y, how)
                if min(small.shape) < PATCH:
                    continue
                residual = blocks(y.astype(np.float32) - enlarge(small.astype(np.float32))) / 255
                pairs.append((small.astype(np.float32)[:, :, None] / 255, residual))
    return pairs


def turn(residual_or_small, times, flip):
    """Turns h x w x 1 by quarter turns and mirrors it; for 2x2 blocks the whole picture is turned."""
    a = residual_or_small
    if a.shape[2] == 4:
        height, width, _ = a.shape
        full = a.reshape(height, width, 2, 2).transpose(0, 2, 1, 3).reshape(height * 2, width * 2)
        full = np.rot90(full, times)
        return blocks(np.ascontiguousarray(full[:, ::-1] if flip else full))
    a = np.rot90(a, times)
    return np.ascontiguousarray(a[:, ::-1] if flip else a)


def draw(pairs, weights, rng):
    """Draws one batch of patches; an image's share follows its area."""
    smalls, residuals = [], []
    for index in rng.choice(len(pairs), BATCH, p=weights):
        small, residual = pairs[index]
        y = rng.integers(small.shape[0] - PATCH + 1)
        x = rng.integers(small.shape[1] - PATCH + 1)
        times, flip = rng.integers(4), rng.integers(2)
        smalls.append(turn(small[y : y + PATCH, x : x + PATCH], times, flip))
        residuals.append(turn(residual[y : y + PATCH, x : x + PATCH], times, flip))
    return np.stack(smalls), np.stack(residuals)


def start(rng):
    """He initialisation; the last layer starts near zero, so that training starts at bicubic."""
    parameters = []
    for layer, (kernel, inputs, outputs) in enumerate(LAYERS):
        scale = np.sqrt(2 / (kernel * kernel * inputs)) * (0.1 if layer == len(LAYERS) - 1 else 1)
        parameters.append((
            jnp.asarray(rng.normal(0, scale, (kernel, kernel, inputs, outputs)), jnp.float32),
            jnp.zeros(outputs, jnp.float32),
        ))
    return parameters


def forward(parameters, x):
    for layer, (kernel, bias) in enumerate(parameters):
        x = jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + bias
        if layer < len(parameters) - 1:
            x = jax.nn.relu(x)
    return x


def loss(parameters, small, residual):
    # The outermost pixels see the zero padding instead of the picture, in training only because patches are cut out.
    difference = (forward(parameters, small) - residual)[:, 4:-4, 4:-4]
    return jnp.mean(difference**2)


@functools.partial(jax.jit, donate_argnums=(0, 1, 2))
def step(parameters, first, second, count, rate, small, residual):
    """One step of Adam."""
    value, gradient = jax.value_and_grad(loss)(parameters, small, residual)
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
    parameters = jax.tree.map(
        lambda p, m, v: p - rate * (m / (1 - 0.9**count)) / (jnp.sqrt(v / (1 - 0.999**count)) + 1e-8),
        parameters, first, second)
    return parameters, first, second, value


def write_onnx(parameters, path):
    nodes, constants, value = [], [], "luma"
    for layer, (kernel, bias) in enumerate(parameters):
        last = layer == len(parameters) - 1
        pad = kernel.shape[0] // 2
        constants.append(numpy_helper.from_array(np.ascontiguousarray(np.transpose(kernel, (3, 2, 0, 1))), f"kernel{layer}"))
        constants.append(numpy_helper.from_array(np.asarray(bias), f"bias{layer}"))
        output = "residual" if last else f"conv{layer}"
        nodes.append(helper.make_node("Conv", [value, f"kernel{layer}", f"bias{layer}"], [output],
                                      kernel_shape=kernel.shape[:2], pads=[pad] * 4))
        value = output
        if not last:
            nodes.append(helper.make_node("Relu", [value], [f"relu{layer}"]))
            value = f"relu{layer}"
    graph = helper.make_graph(
        nodes, "espcn_x2",
        [helper.make_tensor_value_info("luma", TensorProto.FLOAT, [1, 1, "height", "width"])],
        [helper.make_tensor_value_info("residual", TensorProto.FLOAT, [1, 4, "height", "width"])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], producer_name="train_espcn.py")
    model.ir_version = 7
    onnx.checker.check_model(model)
    onnx.save(model, path)


def upscale(parameters, small):
    height, width = small.shape
    residual = np.asarray(forward(parameters, small.astype(np.float32)[None, :, :, None] / 255))[0]
    residual = residual.reshape(height, width, 2, 2).transpose(0, 2, 1, 3).reshape(height * 2, width * 2)
    return np.clip(np.rint(enlarge(small.astype(np.float32)) + residual * 255), 0, 255)


def psnr(a, b):
    return 10 * np.log10(255**2 / np.mean((a.astype(np.float64) - b) ** 2))


def check(parameters, path, every=10):
    """Prints the mean PSNR over every tenth frame of a clip, halved and enlarged again."""
    for how in ("area", "bicubic"):
        clip, index, rows = cv2.VideoCapture(path), 0, []
        while True:
            more, frame = clip.read()
            if not more:
                break
            if index % every == 0:
                y = cv2.cvtColor(frame, cv2.COLOR_BGR2YCrCb)[:, :, 0]
                y = y[: y.shape[0] // 2 * 2, : y.shape[1] // 2 * 2]
                small = shrink(y, how)
                keys = Image.fromarray(small).resize((y.shape[1], y.shape[0]), Image.BICUBIC)
                rows.append((psnr(y, np.clip(np.rint(enlarge(small.astype(np.float32))), 0, 255)),
                             psnr(y, np.asarray(keys)), psnr(y, upscale(parameters, small))))
            index += 1
        cubic, keys, network = np.mean(rows, axis=0)
        print(f"{os.path.basename(path)}, {len(rows)} frames, halved by {how}: bicubic {cubic:.2f} dB "
              f"(with a = -0.5: {keys:.2f} dB), network {network:.2f} dB", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("output")
    arguments.add_argument("--steps", type=int, default=10000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--check", nargs="*", default=[], help="clips on whose frames the result is measured")
    options = arguments.parse_args()

    rng = np.random.default_rng(options.seed)
    pairs = training_pairs()
    weights = np.array([small.size for small, _ in pairs], np.float64)
    weights /= weights.sum()
    parameters = start(rng)
    first = jax.tree.map(jnp.zeros_like, parameters)
    second = jax.tree.map(jnp.zeros_like, parameters)
    began, total = time.monotonic(), 0.0
    for count in range(1, options.steps + 1):
        rate = 1e-3 * 0.5 * (1 + np.cos(np.pi * count / options.steps)) + 1e-6
        small, residual = draw(pairs, weights, rng)
        parameters, first, second, value = step(parameters, first, second, float(count), rate, small, residual)
        total += float(value)
        if count % 500 == 0:
            print(f"step {count}: {10 * np.log10(500 / total):.2f} dB in training, "
                  f"{time.monotonic() - began:.0f} s", flush=True)
            total = 0.0
            write_onnx(parameters, options.output)
    write_onnx(parameters, options.output)
    for clip in options.check:
        check(parameters, clip)


if __name__ == "__main__":
    main()
