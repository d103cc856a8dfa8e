--TEST--
A strategy whose bounds are wrong, or that throws when it is asked for them, is refused and nothing is sent
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

class Bounded implements CompletionStrategy
{
    public function __construct(private \Closure $duration, private int $messages = 5) {}

    public function maxDurationMs(): ?int
    {
        return ($this->duration)();
    }

    public function maxMessages(): int
    {
        return $this->messages;
    }

    public function isComplete(AmiMessage $message): bool
    {
        return true;
    }
}

$simulator = new Simulator();
$manager = $simulator->ready();
$send = fn (CompletionStrategy $strategy) => $manager->send(new GenericAction('Ping', [], $strategy));
foreach ([new Bounded(fn () => 49), new Bounded(fn () => null, 0), new Bounded(fn () => throw new \LogicException('not now'))] as $strategy) {
    $error = thrown(fn () => $send($strategy));
    echo $error instanceof InvalidConfigurationException ? $error->key() . ' ' . $error->value() . "\n" : '';
}
var_dump($manager->default()->health()['pending_actions'], $send(new Bounded(fn () => null))->await()->get('Ping'));
?>
--EXPECT--
InvalidConfigurationException: completionStrategy.maxDurationMs: 49 is out of range (50 to 86400000)
completionStrategy.maxDurationMs 49
InvalidConfigurationException: completionStrategy.maxMessages: 0 is out of range (1 to 1000000)
completionStrategy.maxMessages 0
LogicException: not now
int(0)
string(4) "Pong"
