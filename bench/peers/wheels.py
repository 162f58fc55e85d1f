"""Other engines that come as Python wheels, as bench/speed/wheels.cc asks them.

    wheels.py list [vulkan]                               "ENGINE VERSION", a line for each that is here; with
                                                          vulkan those on its first device too
    wheels.py ENGINE MODEL THREADS (NAME FILE SHAPE)...   MODEL is ONNX; FILE raw float32; SHAPE "1x3x224x224"

The second form says "ready", or in one line why not, and then answers lines: "answer" with the
numbers of the first output, "run" with the milliseconds of one run.
"""
import os
import subprocess
import sys
import time

import numpy


def onnxruntime_runner(model, threads, inputs):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    output = session.get_outputs()[0].name
    return lambda: session.run([output], inputs)[0]


def ncnn_runner(model, threads, inputs, vulkan=False):
    import ncnn

    # ncnn reads a format of its own, without a batch; pnnx makes it.
    if any(value.shape[0] != 1 for value in inputs.values()):
        raise RuntimeError("no batches")
    base = model[: -len(".onnx")]
    if not os.path.exists(base + ".ncnn.param"):
        shapes = ",".join(str(list(value.shape)).replace(" ", "") for value in inputs.values())
        convert(["pnnx", model, "inputshape=" + shapes], base + ".ncnn.param")
    net = ncnn.Net()
    net.opt.use_vulkan_compute = vulkan
    net.opt.num_threads = threads
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = False
    net.opt.use_bf16_storage = False
    net.load_param(base + ".ncnn.param")
    net.load_model(base + ".ncnn.bin")
    names = net.input_names()
    blobs = [ncnn.Mat(numpy.ascontiguousarray(value[0])) for value in inputs.values()]
    output = net.output_names()[0]

    def run():
        extractor = net.create_extractor()
        for name, blob in zip(names, blobs):
            extractor.input(name, blob)
        return extractor.extract(output)[1].numpy()

    return run


def mnn_runner(model, threads, inputs):
    import MNN.expr
    import MNN.nn

    converted = model[: -len(".onnx")] + ".mnn"
    if not os.path.exists(converted):
        convert(["mnnconvert", "-f", "ONNX", "--modelFile", model, "--MNNModel", converted, "--bizCode", "bench"], converted)
    manager = MNN.nn.create_runtime_manager(({"numThread": threads, "precision": "high", "backend": "CPU"},))
    net = MNN.nn.load_module_from_file(converted, list(inputs), [], runtime_manager=manager)
    values = [MNN.expr.const(value, list(value.shape), MNN.expr.NCHW) for value in inputs.values()]

    def run():
        output = net.forward(values)
        output = output[0] if isinstance(output, list) else output
        return numpy.array(MNN.expr.convert(output, MNN.expr.NCHW).read())

    return run


def ncnn_vulkan_runner(model, threads, inputs):
    return ncnn_runner(model, threads, inputs, vulkan=True)


RUNNERS = {"onnxruntime": onnxruntime_runner, "ncnn": ncnn_runner, "MNN": mnn_runner}
ON_VULKAN = {"ncnn-vulkan": ncnn_vulkan_runner}


def convert(command, result):
    program = os.path.join(os.path.dirname(sys.executable), command[0])
    done = subprocess.run([program] + command[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if not os.path.exists(result):
        raise RuntimeError(command[0] + ": " + (done.stdout.strip().splitlines() or ["nothing was made"])[-1])


def list_engines(vulkan):
    import importlib.metadata

    for name in list(RUNNERS) + (list(ON_VULKAN) if vulkan else []):
        try:
            print(name, importlib.metadata.version(name.removesuffix("-vulkan")), flush=True)
        except importlib.metadata.PackageNotFoundError:
            pass


def main():
    # Engines print; the pipe is for answers alone.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    engine, model, threads, rest = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
    inputs = {}
    for name, file, shape in zip(rest[0::3], rest[1::3], rest[2::3]):
        inputs[name] = numpy.fromfile(file, numpy.float32).reshape([int(dim) for dim in shape.split("x")])

    def say(line):
        print(line, file=answers, flush=True)

    try:
        run = {**RUNNERS, **ON_VULKAN}[engine](model, threads, inputs)
        run()
    except Exception as error:  # whatever an engine throws is its reason
        say(" ".join(str(error).split())[:300] or type(error).__name__)
        return
    say("ready")
    for line in sys.stdin:
        if line.strip() == "answer":
            say(" ".join(repr(float(x)) for x in numpy.asarray(run()).ravel()))
        else:
            begin = time.perf_counter()
            run()
            say(repr((time.perf_counter() - begin) * 1e3))


if __name__ == "__main__":
    list_engines("vulkan" in sys.argv[2:]) if sys.argv[1:2] == ["list"] else main()
