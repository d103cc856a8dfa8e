--TEST--
What a strategy written in PHP throws, sends, cancels or closes harms no other action
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

require __DIR__ . '/../psr.inc';

class Failures implements \Psr\Log\LoggerInterface
{
    public function log($level, \Stringable|string $message, array $context = []): void
    {
        if (isset($context['exception'])) {
            echo "logged: $message, {$context['callback']}: {$context['exception']->getMessage()}\n";
        }
    }
}

$simulator = new Simulator();
$manager = $simulator->ready(logger: new Failures());
$client = $manager->default();
$when = fn (callable $predicate, string $name = 'Ping') => new GenericAction($name, [], new CompleteWhen($predicate, 5000));

$thrown = $manager->send($when(fn () => throw new \DomainException('cannot tell')));
$other = $manager->send(new GenericAction('Ping'));
try {
    $thrown->await();
} catch (\DomainException $e) {
    var_dump($e === $thrown->error());
}
var_dump($other->await()->get('Ping'));

// Sends from within, and ticks from within are refused.
$inner = null;
$outer = $manager->send($when(function () use ($manager, &$inner): bool {
    $inner = $manager->send(new GenericAction('Ping'));
    thrown(fn () => $manager->tickAll(0));
    return true;
}));
var_dump($outer->await()->get('Ping'), $inner->await()->get('Ping'));

// Cancels itself.
$self = null;
$self = $manager->send($when(function () use (&$self): bool { var_dump($self->cancel()); return true; }));
thrown(fn () => $self->await());

// Lets go of everything that held it.
$events = 0;
$dropped = $manager->send($when(function () use (&$dropped, &$events): bool { $dropped = null; return ++$events === 1; }));
while ($dropped !== null) {
    $manager->tickAll(50);
}
var_dump($events);

// Ends the connection: what came is judged, the rest is lost.
$closing = $manager->send($when(function (AmiMessage $message) use ($manager): bool { $manager->terminate(); return false; }));
thrown(fn () => $closing->await());
var_dump($closing->response()?->get('Ping'), $client->state()->name);
?>
--EXPECT--
logged: a callback threw, completionStrategy: cannot tell
bool(true)
string(4) "Pong"
ReentrancyException: a tick cannot run within a tick: return from the listener first
string(4) "Pong"
string(4) "Pong"
bool(true)
ActionCancelledException: Ping on "pbx1": the action was cancelled
int(1)
ConnectionLostException: Ping on "pbx1": the connection was lost before the answer, so that its outcome is not known: the connection was closed by the application
string(4) "Pong"
string(12) "Disconnected"
