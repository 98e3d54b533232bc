import asyncio
import os
import signal
import sys

from glisson.web.cli.supervisor import Child, Supervisor

SLEEP = "import time, os; print(os.getpid(), flush=True); time.sleep(60)"


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_killed_process_is_started_again_and_its_neighbour_is_left_alone():
    supervisor = Supervisor([Child("web", [sys.executable, "-c", SLEEP]), Child("live", [sys.executable, "-c", SLEEP])])
    running = asyncio.create_task(supervisor.run())
    await until(lambda: len(supervisor.running) == 2)
    web, live = supervisor.running["web"].pid, supervisor.running["live"].pid

    os.kill(web, signal.SIGKILL)
    await until(lambda: "web" in supervisor.running and supervisor.running["web"].pid != web)

    assert supervisor.running["live"].pid == live
    supervisor.stop()
    await asyncio.wait_for(running, 20)
    assert supervisor.running == {}


async def test_what_a_process_prints_is_passed_on_under_its_name(capfd):
    supervisor = Supervisor([Child("worker", [sys.executable, "-c", "print('ready'); import time; time.sleep(60)"])])
    running = asyncio.create_task(supervisor.run())
    printed = []

    def has_printed():
        printed.append(capfd.readouterr().out)
        return "   worker | ready" in "".join(printed)

    await until(has_printed)
    supervisor.stop()
    await asyncio.wait_for(running, 20)


async def test_a_process_gets_its_own_environment(capfd):
    printing = "import os; print(os.environ['ANGLE'], flush=True); input()"
    child = Child("x", [sys.executable, "-c", printing], {"ANGLE": "room"})
    supervisor = Supervisor([child])
    running = asyncio.create_task(supervisor.run())
    printed = []
    await until(lambda: printed.append(capfd.readouterr().out) or "x | room" in "".join(printed))
    supervisor.stop()
    await asyncio.wait_for(running, 20)
