<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Support;

/**
 * What a class is and declares, as texts that can be compared; what is private is left out.
 */
final class Described
{
    /** Where stubs and the polyfill are loaded beside the real classes. */
    private const array BESIDE = ['Apn\\AmiClient\\Stubbed\\', 'Apn\\AmiClient\\Polyfilled\\'];

    /** @return \ReflectionClass<object> */
    public static function reflect(string $class): \ReflectionClass
    {
        if (!class_exists($class) && !interface_exists($class)) {
            throw new \LogicException("there is no $class");
        }

        return new \ReflectionClass($class);
    }

    /** @return list<string> one line for what the class is, and one for each thing that it declares, sorted */
    public static function of(string $name): array
    {
        $class = self::reflect($name);
        $lines = [];
        foreach ($class->getReflectionConstants() as $constant) {
            if (!$constant->isPrivate() && $constant->getDeclaringClass()->name === $class->name) {
                $lines[] = self::constant($constant);
            }
        }
        foreach ($class->getProperties() as $property) {
            if (!$property->isPrivate() && $property->getDeclaringClass()->name === $class->name) {
                $lines[] = self::property($property);
            }
        }
        foreach ($class->getMethods() as $method) {
            if ((!$method->isPrivate() || $method->isConstructor()) && $method->getDeclaringClass()->name === $class->name) {
                $lines[] = self::method($method);
            }
        }
        sort($lines);

        return [self::head($class), ...$lines];
    }

    /** @param \ReflectionClass<object> $class */
    private static function head(\ReflectionClass $class): string
    {
        $parent = $class->getParentClass();
        $interfaces = $class->getInterfaceNames();
        sort($interfaces);
        $kind = $class->isInterface() ? 'interface' : 'class';
        if (enum_exists($class->name)) {
            $kind = 'enum of ' . self::type((new \ReflectionEnum($class->name))->getBackingType());
        }

        return ($class->isFinal() ? 'final ' : '')
            . ($class->isAbstract() && !$class->isInterface() ? 'abstract ' : '')
            . ($class->isReadOnly() ? 'readonly ' : '')
            . "$kind " . self::real($class->name)
            . ($parent === false ? '' : ' extends ' . self::real($parent->name))
            . ($interfaces === [] ? '' : ' implements ' . self::real(implode(', ', $interfaces)));
    }

    private static function constant(\ReflectionClassConstant $constant): string
    {
        $value = $constant->getValue();
        if ($constant->isEnumCase()) {
            return "case $constant->name = " . var_export($value instanceof \BackedEnum ? $value->value : null, true);
        }

        return self::modifiers($constant) . " const $constant->name = " . var_export($value, true);
    }

    private static function property(\ReflectionProperty $property): string
    {
        $default = $property->hasDefaultValue() ? ' = ' . var_export($property->getDefaultValue(), true) : '';

        return self::modifiers($property) . ' ' . self::type($property->getType()) . " \$$property->name$default";
    }

    private static function method(\ReflectionMethod $method): string
    {
        $parameters = implode(', ', array_map(self::parameter(...), $method->getParameters()));
        $returns = $method->hasTentativeReturnType() ? $method->getTentativeReturnType() : $method->getReturnType();
        // What a constructor that nobody can call takes is nobody's business either.
        $parameters = $method->isPrivate() ? '...' : $parameters;

        return self::modifiers($method) . " function $method->name($parameters)" . ($returns === null ? '' : ': ' . self::type($returns, $method));
    }

    private static function parameter(\ReflectionParameter $parameter): string
    {
        $attributes = array_map(static fn(\ReflectionAttribute $attribute): string => "#[{$attribute->getName()}] ", $parameter->getAttributes());
        $default = $parameter->isDefaultValueAvailable() ? ' = ' . json_encode($parameter->getDefaultValue()) : '';
        $marks = ($parameter->isPassedByReference() ? '&' : '') . ($parameter->isVariadic() ? '...' : '');
        $function = $parameter->getDeclaringFunction();
        $type = self::type($parameter->getType(), $function instanceof \ReflectionMethod ? $function : null);

        return implode('', $attributes) . "$type $marks\$$parameter->name$default";
    }

    private static function type(?\ReflectionType $type, ?\ReflectionMethod $within = null): string
    {
        if ($type instanceof \ReflectionUnionType || $type instanceof \ReflectionIntersectionType) {
            $names = array_map(static fn(\ReflectionType $part): string => self::type($part, $within), $type->getTypes());
            sort($names);

            return implode($type instanceof \ReflectionUnionType ? '|' : '&', $names);
        }
        $name = (string) $type;
        if ($within !== null && ltrim($name, '?') === 'self') {
            $name = str_replace('self', $within->class, $name);
        }

        return self::real($name);
    }

    private static function modifiers(\ReflectionProperty|\ReflectionMethod|\ReflectionClassConstant $member): string
    {
        return implode(' ', \Reflection::getModifierNames($member->getModifiers()));
    }

    /** A name, or some, as the extension has them. */
    private static function real(string $names): string
    {
        return str_replace(self::BESIDE, 'Apn\\AmiClient\\', $names);
    }
}
