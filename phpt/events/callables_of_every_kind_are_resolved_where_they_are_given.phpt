--TEST--
Private methods, static methods, functions, by-reference closures and generators as listeners
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
$manager = $simulator->ready();
function plain(AmiEvent $event): void { echo "function $event->name\n"; }
final class Handler
{
    public function listen(AmiClientManager $manager): void
    {
        $manager->onEvent('One', [$this, 'hidden']);
        $manager->onEvent('One', $this->hidden(...));
        $manager->onEvent('One', 'self::quiet');
    }
    private function hidden(AmiEvent $event): void { echo "private $event->name\n"; }
    private static function quiet(AmiEvent $event): void { echo "private static $event->name\n"; }
    public function __call(string $name, array $arguments): void { echo "magic $name {$arguments[0]->name}\n"; }
    public function __invoke(AmiEvent $event): void { echo "invoked $event->name\n"; }
    public static function open(AmiEvent $event): void { echo "static $event->name\n"; }
}
$handler = new Handler();
@$handler->listen($manager);
$manager->onEvent('One', [$handler, 'anything']);
$manager->onEvent('One', $handler);
$manager->onEvent('One', [Handler::class, 'open']);
$manager->onEvent('One', Handler::class . '::open');
$manager->onEvent('One', __NAMESPACE__ . '\plain');
$count = 0;
$manager->onEvent('One', function (AmiEvent $event) use (&$count) { $count++; $event = null; });
$manager->onEvent('One', function () { echo "no arguments\n"; return 1; });
$manager->onEvent('One', function () use (&$count) { $count++; yield 1; });
unset($handler);
gc_collect_cycles();
$simulator->send('pbx1', ['One']);
until($manager, function () use (&$count) { return $count > 0; });
var_dump($count);
foreach (['nowhere', [new \stdClass(), 'missing'], 'Handler::hidden', [Handler::class, 'hidden'], 1, null, new \stdClass()] as $wrong) {
    thrown(fn () => $manager->onEvent('One', $wrong));
    thrown(fn () => $manager->onAnyEvent($wrong));
}
?>
--EXPECT--
private One
private One
private static One
magic anything One
invoked One
static One
static One
function One
no arguments
int(1)
TypeError: Argument #2 ($listener) must be a valid callback, function "nowhere" not found or invalid function name
TypeError: Argument #1 ($listener) must be a valid callback, function "nowhere" not found or invalid function name
TypeError: Argument #2 ($listener) must be a valid callback, class stdClass does not have a method "missing"
TypeError: Argument #1 ($listener) must be a valid callback, class stdClass does not have a method "missing"
TypeError: Argument #2 ($listener) must be a valid callback, class "Handler" not found
TypeError: Argument #1 ($listener) must be a valid callback, class "Handler" not found
TypeError: Argument #2 ($listener) must be a valid callback, non-static method Apn\AmiClient\Handler::hidden() cannot be called statically
TypeError: Argument #1 ($listener) must be a valid callback, non-static method Apn\AmiClient\Handler::hidden() cannot be called statically
TypeError: Argument #2 ($listener) must be a valid callback, no array or string given
TypeError: Argument #1 ($listener) must be a valid callback, no array or string given
TypeError: Argument #2 ($listener) must be a valid callback, no array or string given
TypeError: Argument #1 ($listener) must be a valid callback, no array or string given
TypeError: Argument #2 ($listener) must be a valid callback, no array or string given
TypeError: Argument #1 ($listener) must be a valid callback, no array or string given
