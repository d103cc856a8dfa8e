--TEST--
A logger that throws, ticks or closes stops no tick and loses no event
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

$simulator = new Simulator();
final class Bad implements \Psr\Log\LoggerInterface
{
    public ?AmiClientManager $manager = null;
    public array $refused = [];
    public function log($level, string|\Stringable $message, array $context = []): void
    {
        try {
            $this->manager?->tickAll();
        } catch (ReentrancyException $e) {
            $this->refused[] = $e;
        }
        throw new \RuntimeException("cannot log: $message");
    }
}
$logger = new Bad();
$manager = $simulator->manager([], [], logger: $logger);
$logger->manager = $manager;
$manager->default()->waitUntilReady();
$heard = 0;
$manager->onEvent('One', function () use (&$heard) { $heard++; throw new \LogicException(); });
$simulator->send('pbx1', ['One', 'One', 'One']);
until($manager, function () use (&$heard) { return $heard === 3; });
$process = $manager->metrics()['process'];
var_dump($process['log_failures'] >= 4, $process['callback_failures'], count($logger->refused) === $process['log_failures'], $manager->default()->state());
?>
--EXPECT--
bool(true)
int(3)
bool(true)
enum(Apn\AmiClient\ConnectionState::Ready)
