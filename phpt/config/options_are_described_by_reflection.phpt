--TEST--
Reflection shows every option as a nullable argument and as a typed readonly property
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

$class = new \ReflectionClass(ClientOptions::class);
$arguments = $class->getConstructor()->getParameters();
$properties = $class->getProperties();
var_dump(count($arguments), count($properties), count((new ClientOptions())->toArray()), $class->isFinal());

foreach ($arguments as $i => $argument) {
    $property = $properties[$i];
    if ($argument->getName() !== $property->getName() || (string) $argument->getType() !== '?' . $property->getType()
        || !$argument->isOptional() || $argument->getDefaultValue() !== null
        || !$property->isReadOnly() || !$property->isPublic()) {
        echo "wrong: $argument $property\n";
    }
}
echo $arguments[0], "\n", $arguments[4], "\n", $arguments[26], "\n", end($arguments), "\n";

$snake = fn (string $name) => strtolower(preg_replace('/[A-Z]/', '_$0', $name));
var_dump(array_map(fn ($p) => $snake($p->getName()), $properties) === array_keys((new ClientOptions())->toArray()));
?>
--EXPECT--
int(39)
int(39)
int(39)
bool(true)
Parameter #0 [ <optional> ?float $connectTimeout = null ]
Parameter #4 [ <optional> ?int $heartbeatMisses = null ]
Parameter #26 [ <optional> ?array $allowedEvents = null ]
Parameter #38 [ <optional> ?string $io = null ]
bool(true)
