--TEST--
close() returns at once in every state and ends everything exactly once, within its deadline; terminate() ends it now
--EXTENSIONS--
apn_ami
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';

$simulator = new Simulator();
$simulator->tell('pbx1 fault mute action=CoreStatus');

const SAY_GOODBYE = ['ready', 'twice', 'one server of the manager', 'in a listener'];

/** Ends an action that waits by what is given, and shows how often it ended, by what, and in what state its server was left. */
function closing(string $what, AmiClientManager $manager, callable $act): void
{
    $client = $manager->default();
    $ended = [];
    if ($client->state() === ConnectionState::Ready) {
        $client->send(new GenericAction('CoreStatus'))->onComplete(
            function (?\Throwable $error) use (&$ended) { $ended[] = substr(strrchr($error::class, '\\'), 1); },
        );
        $manager->tickAll(10);
    }
    $act($manager);
    $began = hrtime(true);
    $state = $client->state()->name;
    if (mode() !== [] && $state === 'Disconnected' && in_array($what, SAY_GOODBYE, true)) {
        // A thread may be through with the goodbye by now.
        $state = 'Closing';
    }
    until($manager, fn () => $client->state() === ConnectionState::Disconnected);
    $manager->tickAll();
    $seconds = (hrtime(true) - $began) / 1e9;
    echo "$what: $state, over after ", $seconds < 1.5 ? 'a moment' : (int) $seconds . ' s', ': ', implode(' and ', $ended) ?: 'nothing waited', "\n";
    $manager->nextTimerMs() === null or print("something is still due\n");
}

closing('ready', $simulator->ready(), fn ($manager) => $manager->close());
closing('twice', $simulator->ready(), function ($manager) { $manager->close(); $manager->close(); });
closing('one server of the manager', $simulator->ready(), fn ($manager) => $manager->default()->close());
closing('and ended at once', $simulator->ready(), function ($manager) { $manager->close(); $manager->terminate(); });
closing('terminate', $simulator->ready(), fn ($manager) => $manager->terminate());
closing('terminate and close', $simulator->ready(), function ($manager) { $manager->terminate(); $manager->close(); });
closing('in a listener', $simulator->ready(), function ($manager) use ($simulator) {
    $manager->onEvent('One', fn () => $manager->close());
    $simulator->send('pbx1', ['One']);
    until($manager, fn () => $manager->default()->state() !== ConnectionState::Ready);
});
closing('never connected', $simulator->manager(), fn ($manager) => $manager->close());
closing('asked to connect', $simulator->manager(), function ($manager) { $manager->connectAll(); $manager->close(); });
closing('connecting', $simulator->manager(), function ($manager) { $manager->connectAll(); $manager->tickAll(); $manager->close(); });

$simulator->tell('pbx1 fault stall');
closing('silent from the start', $simulator->manager(), function ($manager) {
    $manager->connectAll();
    until($manager, fn () => $manager->default()->state() === ConnectionState::Connected);
    $manager->close();
});
$simulator->tell('pbx1 fault clear');
$simulator->tell('pbx1 fault mute action=CoreStatus');
$manager = $simulator->ready();
$simulator->tell('pbx1 fault mute');
closing('falls silent', $manager, fn ($manager) => $manager->close());
$simulator->tell('pbx1 fault clear');
$simulator->tell('pbx1 fault mute action=CoreStatus');
$simulator->tell('pbx1 fault refuse');
closing('waits for a reconnect', $simulator->manager(), function ($manager) {
    $manager->connectAll();
    until($manager, fn () => $manager->default()->state() === ConnectionState::Reconnecting);
    $manager->close();
});
$simulator->tell('pbx1 fault clear');
$simulator->tell('pbx1 fault mute action=CoreStatus');

echo "what is on its way when it closes is still answered\n";
$manager = $simulator->ready();
$pending = $manager->send(new GenericAction('Ping'));
$manager->close();
until($manager, $pending->isComplete(...));
echo $pending->response()->get('Ping'), "\n";

echo "nothing is sent any more, and what is opened again comes after the goodbye\n";
$manager = $simulator->ready();
$simulator->tell('pbx1 fault mute');
$manager->close();
thrown(fn () => $manager->default()->send(new GenericAction('Ping')));
thrown(fn () => $manager->send(new GenericAction('Ping')));
$manager->connectAll();
echo $manager->default()->state()->name, "\n";
$simulator->tell('pbx1 fault clear');
$simulator->tell('pbx1 fault mute action=CoreStatus');
until($manager, fn () => $manager->default()->state() === ConnectionState::Ready);
echo $manager->default()->call(new GenericAction('Ping'))->get('Ping'), "\n";
$manager->close();
$manager->connectAll();
$manager->close();
until($manager, fn () => $manager->default()->state() === ConnectionState::Disconnected);
var_dump($manager->default()->health()['sessions']);

echo "dropped while it closes\n";
$manager = $simulator->ready();
$manager->send(new GenericAction('CoreStatus'))->onComplete(fn () => print("called though nobody is there any more\n"));
$manager->close();
unset($manager);
gc_collect_cycles();
for ($until = microtime(true) + 10; $simulator->count('pbx1', 'connections_open') > 0;) {
    microtime(true) < $until or die("the connection is still open\n");
}
?>
--EXPECT--
ready: Closing, over after a moment: ConnectionLostException
twice: Closing, over after a moment: ConnectionLostException
one server of the manager: Closing, over after a moment: ConnectionLostException
and ended at once: Disconnected, over after a moment: ConnectionLostException
terminate: Disconnected, over after a moment: ConnectionLostException
terminate and close: Disconnected, over after a moment: ConnectionLostException
in a listener: Closing, over after a moment: ConnectionLostException
never connected: Disconnected, over after a moment: nothing waited
asked to connect: Disconnected, over after a moment: nothing waited
connecting: Disconnected, over after a moment: nothing waited
silent from the start: Disconnected, over after a moment: nothing waited
falls silent: Closing, over after 2 s: ConnectionLostException
waits for a reconnect: Disconnected, over after a moment: nothing waited
what is on its way when it closes is still answered
Pong
nothing is sent any more, and what is opened again comes after the goodbye
InvalidConnectionStateException: "pbx1": the connection is closing
InvalidConnectionStateException: no server is ready: "pbx1" is closing
Closing
Pong
int(2)
dropped while it closes
